package dev.pausa.cpython;

import dev.pausa.cpython.capi.PyList;
import dev.pausa.cpython.capi.PyTuple;
import dev.pausa.cpython.capi.PyUnicode;
import dev.pausa.wsgi.ApplicationError;
import dev.pausa.wsgi.Header;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code start_response(status, headers, exc_info=None)}: checks what only Python's types can say (PEP 3333, "The
 * start_response() Callable": a str, and a list of pairs of str); the rest is checked where Java applications pass too.
 */
final class StartResponseFunction {
    private final Interpreter interpreter;
    private final long method;
    private final TextCache texts;

    StartResponseFunction(Interpreter interpreter) {
        this.interpreter = interpreter;
        this.texts = new TextCache(interpreter.values());
        this.method = interpreter.functions().define("start_response", this::call);
    }

    long method() {
        return method;
    }

    private long call(long self, long arguments, long count, long names) throws Exception {
        long given = count;
        if (count == 2
                && names != 0
                && PyTuple.PyTuple_Size.call(names) == 1
                && isExcInfo(PyTuple.PyTuple_GetItem.call(names, 0))) {
            given = count + 1;
            names = 0;
        }
        interpreter.functions().expect("start_response", given, names, 2, 3);
        PythonRequest request = PythonRequest.of(interpreter, self);
        if (request == null) {
            throw new ApplicationError("start_response() was called after the request was over");
        }
        ExcInfo excInfo = given == 3 ? excInfo(Functions.argument(arguments, 2)) : null;
        String status = text("status", Functions.argument(arguments, 0));
        List<Header> headers = headers(Functions.argument(arguments, 1));
        request.write(request.startResponse().start(status, headers, excInfo));
        return Values.newReference(request.cell().write());
    }

    private boolean isExcInfo(long name) {
        return interpreter.values().text(name).equals("exc_info");
    }

    private @Nullable ExcInfo excInfo(long object) {
        if (object == Values.NONE) {
            return null;
        }
        if (!interpreter.values().isExactly(object, PyTuple.PyTuple_Type) || PyTuple.PyTuple_Size.call(object) != 3) {
            throw new ApplicationError("exc_info must be a tuple of three as sys.exc_info() gives it, not "
                    + interpreter.values().typeName(object));
        }
        return new ExcInfo(object);
    }

    /** What a list of headers says, checked as far as Python's types go. */
    List<Header> headers(long list) {
        Values values = interpreter.values();
        if (!values.isExactly(list, PyList.PyList_Type)) {
            throw new ApplicationError("response headers must be a list, not " + values.typeName(list));
        }
        long size = PyList.PyList_Size.call(list);
        var headers = new ArrayList<Header>((int) size);
        for (long i = 0; i < size; i++) {
            long pair = PyList.PyList_GetItem.call(list, i);
            if (!values.isExactly(pair, PyTuple.PyTuple_Type) || PyTuple.PyTuple_Size.call(pair) != 2) {
                throw new ApplicationError(
                        "a response header must be a tuple (name, value), not " + values.typeName(pair));
            }
            headers.add(new Header(
                    text("a header's name", PyTuple.PyTuple_GetItem.call(pair, 0)),
                    text("a header's value", PyTuple.PyTuple_GetItem.call(pair, 1))));
        }
        return headers;
    }

    private String text(String what, long object) {
        Values values = interpreter.values();
        if (!values.isInstance(object, PyUnicode.PyUnicode_Type)) {
            throw new ApplicationError(what + " must be a str, not " + values.typeName(object));
        }
        return texts.text(object);
    }
}
