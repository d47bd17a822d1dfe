package dev.pausa.http1;

/**
 * Why these bytes are no request that may reach an application. Nothing on the connection can be trusted from here on.
 *
 * @param status 400, 413, 414, 417, 431, 501 or 505
 * @param rule the rule that was broken, as in {@code "RFC 9112, 6.3"}
 * @param reason what was found, in words, without control characters
 */
public record Refusal(int status, String rule, String reason) implements Element {}
