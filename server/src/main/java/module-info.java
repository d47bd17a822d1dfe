/** Sockets, timers and workers on Netty: start, drain, stop. */
@org.jspecify.annotations.NullMarked
module dev.pausa.server {
    requires transitive dev.pausa.exchange;
    requires transitive dev.pausa.wsgi;
    requires transitive dev.pausa.http1;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.unix.common;
    requires static transitive org.jspecify;

    exports dev.pausa.server;
}
