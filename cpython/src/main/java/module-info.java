/** CPython as an application: the bridge between the JVM and an interpreter in the same process. */
@org.jspecify.annotations.NullMarked
module dev.pausa.cpython {
    requires transitive dev.pausa.wsgi;
    requires static transitive org.jspecify;

    exports dev.pausa.cpython;
}
