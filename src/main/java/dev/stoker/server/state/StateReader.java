package dev.stoker.server.state;

/**
 * Takes samples of one server, in its dialect. May remember what does not change, to ask less. One
 * sample at a time.
 */
interface StateReader {
    ServerState read(Session session, Draft draft);
}
