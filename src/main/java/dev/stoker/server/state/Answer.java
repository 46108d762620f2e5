package dev.stoker.server.state;

import dev.stoker.base.Reading;
import dev.stoker.http.ExchangeEnd;
import dev.stoker.http.HttpAnswer;
import dev.stoker.http.ResponseHead;
import dev.stoker.server.Failures;
import dev.stoker.server.ServerFailure;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.Optional;

/**
 * What came to one question.
 *
 * @param http the answer, or how the exchange ended instead
 * @param body its body; the same object as before where the body is the same
 * @param took from asking to the answer's end, in wall time
 * @param failures names what went wrong
 */
record Answer(HttpAnswer http, Body body, Duration took, Failures failures) {
    Answer(HttpAnswer http, Duration took, Failures failures) {
        this(http, new Body(http.body()), took, failures);
    }

    boolean isSuccess() {
        return http.isSuccess();
    }

    int status() {
        return http.status();
    }

    /** Returns whether the server said anything whole, be it an error. */
    boolean isWhole() {
        return http.end() instanceof ExchangeEnd.Complete;
    }

    /** Returns the answer as JSON, or why there is none. */
    Reading<JsonNode> json() {
        if (!isSuccess()) {
            return Reading.failed(failure().sentence());
        }
        return body.json();
    }

    Optional<String> header(String name) {
        return http.head().flatMap((ResponseHead h) -> h.header(name));
    }

    /** Returns what went wrong; only for an answer that is no success. */
    ServerFailure failure() {
        return isWhole()
                ? failures.ofStatus(status(), http.text(), "", false)
                : failures.ofEnd(http.end());
    }

    /** Returns why the server can't be taken for working; empty if it can. */
    Optional<ServerFailure> trouble() {
        return isSuccess() ? Optional.empty() : Optional.of(failure());
    }
}
