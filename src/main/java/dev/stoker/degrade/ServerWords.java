package dev.stoker.degrade;

import dev.stoker.base.Reading;
import dev.stoker.host.ServerLog.Layers;

import java.util.List;

/** What a server's log tells that its answers do not. Thread-safe. */
public interface ServerWords {

    /** Returns a mark of the log as it is now. */
    long mark();

    /** Returns the cached tokens of the requests since a mark, in order. */
    Reading<List<Long>> cachedSince(long mark);

    /** Returns where the layers of the last load since a mark went. */
    Reading<Layers> layersSince(long mark);

    /** Returns one that knows nothing. */
    static ServerWords unknown(String reason) {
        return new ServerWords() {
            @Override
            public long mark() {
                return 0;
            }

            @Override
            public Reading<List<Long>> cachedSince(long mark) {
                return Reading.unsupported(reason);
            }

            @Override
            public Reading<Layers> layersSince(long mark) {
                return Reading.unsupported(reason);
            }
        };
    }
}
