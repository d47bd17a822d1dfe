/** The WSGI contract in Java: what an application and a server promise each other. */
@org.jspecify.annotations.NullMarked
module dev.pausa.wsgi {
    requires static transitive org.jspecify;

    exports dev.pausa.wsgi;
}
