package dev.stoker.warm;

import java.io.IOException;

/** Where notes are kept from start to start. */
public interface NotesStore {

    /** Returns what was kept last; empty notes where there are none. */
    Notes read();

    /** Keeps notes, so that a kill of this process or of the machine leaves them whole. */
    void write(Notes notes) throws IOException;

    /** Returns a store that keeps nothing beyond the notes it was given. */
    static NotesStore none(Notes notes) {
        return new NotesStore() {
            @Override
            public Notes read() {
                return notes;
            }

            @Override
            public void write(Notes ignored) {}
        };
    }
}
