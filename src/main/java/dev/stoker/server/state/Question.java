package dev.stoker.server.state;

import dev.stoker.http.Endpoint;
import dev.stoker.http.HttpRequest;
import dev.stoker.server.ServerKind;

/**
 * One thing to ask.
 *
 * @param endpoint of whom
 * @param kind who that is, to name what goes wrong
 * @param request what; its path is the answer's key among those of one endpoint
 * @param withKey whether the server's API key goes with it
 */
record Question(Endpoint endpoint, ServerKind kind, HttpRequest request, boolean withKey) {}
