/** Sockets, timers and workers on Netty: start, drain, stop. */
@org.jspecify.annotations.NullMarked
module dev.pausa.server {
    requires transitive dev.pausa.exchange;
    requires transitive dev.pausa.wsgi;
    requires dev.pausa.http1;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires static transitive org.jspecify;

    exports dev.pausa.server;
}
