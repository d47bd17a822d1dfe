/** HTTP/1 bytes to requests and responses to bytes: RFC 9112, strict, without I/O. */
@org.jspecify.annotations.NullMarked
module dev.pausa.http1 {
    requires static transitive org.jspecify;

    exports dev.pausa.http1;
}
