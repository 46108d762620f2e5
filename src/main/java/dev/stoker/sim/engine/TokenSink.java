package dev.stoker.sim.engine;

import java.io.IOException;

/** Takes the tokens of an answer when they are due; several that are due at once come in one go. */
public interface TokenSink {

    void token(String text, boolean thinking) throws IOException;

    /** Called when the next token is not due yet. */
    void flush() throws IOException;
}
