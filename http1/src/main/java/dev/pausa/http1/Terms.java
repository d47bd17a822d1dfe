package dev.pausa.http1;

/**
 * What a head says about how its request is to be treated, as judged by {@link HeadRules}.
 *
 * @param form the form of the request target
 * @param framing how the body ends
 * @param keepAlive whether the connection may persist
 * @param expectContinue whether the client waits for a 100
 */
record Terms(RequestHead.Form form, RequestHead.Framing framing, boolean keepAlive, boolean expectContinue) {}
