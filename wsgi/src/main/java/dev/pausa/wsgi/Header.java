package dev.pausa.wsgi;

/**
 * One response header field as the application gave it.
 *
 * @param name a token (RFC 9110, 5.6.2)
 * @param value code points up to U+00FF, no control characters (PEP 3333, "The start_response() Callable")
 */
public record Header(String name, String value) {}
