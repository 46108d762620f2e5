package dev.stoker.server;

import dev.stoker.http.HttpRequest;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.function.Function;

/**
 * Writes the requests to one server by the form of the last one where that fits, else as the
 * dialect does. Where requests keep not fitting, only every 64th is learned. Thread-safe.
 */
public final class RequestForms {
    private static final int LESSONS_AT_FIRST = 4;
    private static final int MISSES_A_LESSON = 64;

    private final Function<GenerationRequest, HttpRequest> dialect;
    private volatile @Nullable RequestForm known;

    /** Only a hint, so it doesn't matter if two threads count one miss. */
    private int misses;

    /**
     * @param dialect writes a request, with the API key if there is one; the same for the same
     *     request
     */
    public RequestForms(Function<GenerationRequest, HttpRequest> dialect) {
        this.dialect = dialect;
    }

    /** Returns the request as it is sent. */
    public HttpRequest write(GenerationRequest request) {
        RequestForm form = known;
        if (form != null && form.fits(request)) {
            return form.fill(request);
        }
        int miss = misses++;
        if (miss < LESSONS_AT_FIRST || miss % MISSES_A_LESSON == 0) {
            Optional<RequestForm> learned = RequestForm.of(request, dialect);
            learned.ifPresent(f -> known = f);
        }
        return dialect.apply(request);
    }
}
