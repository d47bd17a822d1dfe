package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyContext;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.wsgi.Application;
import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Body;
import dev.pausa.wsgi.Environ;
import dev.pausa.wsgi.StartResponse;
import java.util.HashMap;
import java.util.Map;

/** A WSGI application in Python. Called on workers' threads that are attached to its interpreter ({@link PythonThreads}). */
public final class PythonApplication implements Application {
    private final Interpreter interpreter;
    private final PythonObject application;
    private final long baseContext;
    private final EnvironDict environDict;

    /**
     * The application as it was imported. Its tasks run in copies of the present context of the thread that imported it
     * (P37).
     *
     * @param constants what stands in the environ of every request, besides what the bridge knows itself
     */
    public PythonApplication(Interpreter interpreter, PythonObject application, Map<String, Object> constants) {
        this.interpreter = interpreter;
        this.application = application;
        baseContext = interpreter.onMainThread(() -> Raised.check(PyContext.PyContext_CopyCurrent.call()));
        environDict = interpreter.onMainThread(() -> new EnvironDict(interpreter, prototype(constants)));
    }

    private Map<String, Object> prototype(Map<String, Object> constants) {
        var all = new HashMap<String, Object>(Map.of(
                "wsgi.version", new PythonObject(interpreter, EnvironDict.version()),
                "wsgi.errors",
                        new PythonObject(
                                interpreter,
                                Values.newReference(interpreter.module().errors())),
                "wsgi.multithread", true,
                "wsgi.multiprocess", false,
                "wsgi.run_once", false,
                "wsgi.input_terminated", true,
                "SCRIPT_NAME", ""));
        all.putAll(constants);
        return all;
    }

    @Override
    public Body call(Environ environ, StartResponse startResponse) {
        if (!interpreter.threads().worker()) {
            throw new IllegalStateException("Python applications run on threads that PythonThreads.begin() attached");
        }
        interpreter.drop();
        PythonRequest request = null;
        Body body = null;
        try {
            request = new PythonRequest(interpreter, baseContext, environ, startResponse);
            body = call(request);
            return body;
        } catch (Raised raised) {
            throw interpreter.errors().fetch();
        } finally {
            if (body == null && request != null) {
                request.end();
            }
        }
    }

    private Body call(PythonRequest request) {
        long dict = environDict.build(request);
        request.enter();
        try {
            long iterable = interpreter
                    .errors()
                    .check(interpreter
                            .values()
                            .call(application.address(), dict, request.cell().startResponse()));
            if (iterable == Values.NONE) {
                PyObjects.Py_DecRef.call(iterable);
                throw new ApplicationError("the application returned None, not an iterable of bytes");
            }
            return new PythonBody(interpreter, request, iterable);
        } finally {
            PyObjects.Py_DecRef.call(dict);
            request.leave();
        }
    }
}
