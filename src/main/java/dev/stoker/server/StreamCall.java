package dev.stoker.server;

import dev.stoker.http.HttpRequest;

import java.time.Duration;

/**
 * One request for text, ready to be sent, and what reads its answer. Whoever carries the exchange
 * feeds the decoder and tells it the end. Used once.
 *
 * @param request the whole request, with the API key if there is one: never print its headers
 * @param decoder turns the answer into events
 * @param stall after so long without any byte the request counts as stalled, in the clock's time
 */
public record StreamCall(HttpRequest request, StreamDecoder decoder, Duration stall) {}
