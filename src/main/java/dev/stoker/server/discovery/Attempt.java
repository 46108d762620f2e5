package dev.stoker.server.discovery;

import dev.stoker.http.Endpoint;
import dev.stoker.server.ServerFailure;

import java.util.Optional;

/**
 * One address that was tried.
 *
 * @param endpoint where
 * @param source why there: {@code --server}, {@code OLLAMA_HOST} or {@code default}
 * @param failure what came instead of a server; empty when one answered
 */
public record Attempt(Endpoint endpoint, String source, Optional<ServerFailure> failure) {}
