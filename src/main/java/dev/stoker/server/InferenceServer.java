package dev.stoker.server;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.http.SendStamps;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * One server that runs language models, behind its dialect. Everything here blocks its thread for a
 * bounded time, is safe to call from several threads, and never loads, wakes or changes anything
 * unless its contract says so.
 */
public interface InferenceServer {

    ServerIdentity identity();

    /**
     * Returns the clock of this server's times: a fast one on a simulated box, so that its figures
     * are simulated time.
     */
    Clock clock();

    Set<Ability> abilities();

    /** Asks whether the server answers at all; returns at once when it does. Loads nothing. */
    void ping() throws ServerException;

    /** Returns the models that it could serve. Loads nothing. */
    List<ModelInfo> models() throws ServerException;

    /** Returns the models that it says are in memory. Loads nothing, wakes nothing. */
    List<LoadedModel> loaded() throws ServerException;

    /**
     * Loads a model and returns when it is ready.
     *
     * @param stall after so long without progress the load counts as stalled
     */
    LoadReport load(String model, RunnerOptions options, Duration stall, Cancellation cancellation)
            throws ServerException;

    /**
     * Takes a model out of memory and waits until it is gone, at most so long. A model that is not
     * loaded is gone.
     */
    UnloadReport unload(String model, Duration wait, Cancellation cancellation)
            throws ServerException;

    /**
     * Returns whether an unload would put the server to sleep, which gives most of its memory back,
     * and a load wake it. Changes nothing.
     */
    default boolean canSleep() {
        return false;
    }

    /**
     * Generates text. Never throws for what a server does: the last event is an {@code End} or a
     * {@code Fault}.
     *
     * @param stamps learns when the connection stood and when the request was sent, in the clock's
     *     time
     */
    void stream(
            GenerationRequest request,
            SendStamps stamps,
            StreamEvents events,
            Cancellation cancellation);

    /**
     * Prepares a request for text without sending it, for whoever carries many exchanges at once.
     * The events are those that {@link #stream} would give.
     */
    StreamCall prepare(GenerationRequest request, StreamEvents events);

    /**
     * Returns how many requests the server works on at this moment, where it tells. Loads nothing,
     * wakes nothing.
     */
    default Reading<Long> requestsInProgress() {
        return Reading.unsupported("the server does not tell how many requests it works on");
    }

    /**
     * Counts the tokens of a request's prompt as the server would, its template included, without
     * generating anything. Unknown where the server has no tokenizer to ask.
     */
    default Reading<Long> countPromptTokens(GenerationRequest request) {
        return Reading.unsupported("the server has no tokenizer to ask");
    }
}
