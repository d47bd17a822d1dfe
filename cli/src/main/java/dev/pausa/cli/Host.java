package dev.pausa.cli;

import dev.pausa.wsgi.Application;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The process that the JVM lives in, whose main thread runs the command. */
interface Host {
    /** What to say of it in the banner, such as {@code Python 3.11.2 (/usr/bin/python3)}. */
    String description();

    /**
     * Makes an inherited socket non-blocking, which is nothing that Java can do.
     *
     * @throws StartFailure if there is no such descriptor
     */
    void inherit(int descriptor) throws StartFailure;

    /**
     * Loads the application, has {@code service} serve it, and waits until that has ended.
     *
     * @param order what to load
     * @param service told to start, and to drain when a signal comes
     * @return the exit code
     */
    int serve(Order order, Service service);

    /**
     * What to load and where.
     *
     * @param target an application in Python; {@code null} if {@code application} is one in Java
     * @param protocol that an application in Python is written for
     * @param application in Java, or {@code null}
     * @param environ what stands in the environ of each request, besides what server and bridge know themselves
     * @param chdir the folder to change to, or {@code null}
     * @param pythonpath folders to look for modules in
     * @param env {@code KEY=VALUE} for the environment
     */
    record Order(
            @Nullable String target,
            Interface protocol,
            @Nullable Application application,
            Map<String, Object> environ,
            @Nullable String chdir,
            List<String> pythonpath,
            List<String> env) {}

    /** What an application in Python is called by. Its names in lower case are the option's, and Python's. */
    enum Interface {
        /** ASGI for what is a coroutine function of three parameters, else WSGI. */
        AUTO,
        /** PEP 3333. */
        WSGI,
        /** ASGI 3: HTTP and lifespan. */
        ASGI
    }
}
