/** One request's life as a state machine that does no I/O. */
@org.jspecify.annotations.NullMarked
module dev.pausa.exchange {
    requires transitive dev.pausa.wsgi;
    requires static transitive org.jspecify;

    exports dev.pausa.exchange;
}
