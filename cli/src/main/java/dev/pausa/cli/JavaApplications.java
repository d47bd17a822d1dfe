package dev.pausa.cli;

import dev.pausa.wsgi.Application;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads applications in Java. */
final class JavaApplications {
    private JavaApplications() {}

    /**
     * Makes the application that a class is. Its loader lives as long as the process.
     *
     * @param classPath jars and folders, separated as in {@code java -cp}, or {@code null} for none
     * @throws StartFailure saying what is wrong with the name or the class
     * @throws ApplicationFailure if the application's own code threw
     */
    static Application load(String className, @Nullable String classPath) throws StartFailure, ApplicationFailure {
        // The parent knows dev.pausa.wsgi: the application's Application is ours.
        var loader = new URLClassLoader("application", urls(classPath), JavaApplications.class.getClassLoader());
        try {
            Class<?> type = Class.forName(className, true, loader);
            if (!Application.class.isAssignableFrom(type)) {
                throw new StartFailure("the class " + className + " does not implement " + Application.class.getName());
            }
            return (Application) type.getConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            throw new StartFailure("there is no class " + className + " in "
                    + (classPath == null ? "the class path, which is empty: use --class-path" : classPath));
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new StartFailure("the class " + className
                    + " cannot be made: it must be public and have a public constructor without parameters");
        } catch (InvocationTargetException e) {
            throw new ApplicationFailure(className, e.getTargetException());
        } catch (LinkageError e) {
            throw new ApplicationFailure(className, e);
        }
    }

    private static URL[] urls(@Nullable String classPath) throws StartFailure {
        List<URL> urls = new ArrayList<>();
        if (classPath != null) {
            for (String entry : classPath.split(File.pathSeparator, -1)) {
                Path path = Path.of(entry);
                if (!Files.exists(path)) {
                    throw new StartFailure("--class-path: there is no " + entry);
                }
                try {
                    urls.add(path.toUri().toURL());
                } catch (MalformedURLException e) {
                    throw new StartFailure("--class-path: " + entry + ": " + e.getMessage());
                }
            }
        }
        return urls.toArray(URL[]::new);
    }

    /** The application's own code threw while it was loaded. */
    static final class ApplicationFailure extends Exception {
        private static final long serialVersionUID = 1L;

        private final Throwable cause;

        ApplicationFailure(String className, Throwable cause) {
            super("the application " + className + " could not be made", cause);
            this.cause = cause;
        }

        /** What it threw. */
        Throwable cause() {
            return cause;
        }
    }
}
