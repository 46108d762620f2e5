package dev.stoker.cli;

import dev.stoker.base.UserError;
import dev.stoker.load.Ask;
import dev.stoker.load.Nonces;
import dev.stoker.load.PromptSource;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import tools.jackson.databind.node.ObjectNode;

/** What the requests of a load test ask. Filled by picocli. */
final class LoadPromptOptions {
    private static final long DEFAULT_OUTPUT_TOKENS = 128;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "At most so many output tokens a request. Default: 128.")
    @Nullable Long maxTokens;

    @Option(
            names = "--ignore-eos",
            description =
                    "Go on after the end-of-text token, where the server can, so that every answer"
                            + " has --max-tokens.")
    boolean ignoreEos;

    @Option(
            names = "--stall",
            paramLabel = "TIME",
            description = "Without a byte for so long a request has stalled. Default: 120s.")
    @Nullable String stall;

    PromptSource source(InferenceServer server, String model, long seed, ObjectNode options) {
        long tokens = maxTokens == null ? DEFAULT_OUTPUT_TOKENS : maxTokens;
        if (tokens < 1) {
            throw UserError.wrongUse(
                    "Expected a number from 1 for --max-tokens, but got " + tokens + ".", "");
        }
        options.put("max_tokens", tokens).put("ignore_eos", ignoreEos);
        GenerationRequest base =
                GenerationRequest.chat(model, "Tell me in detail how a steam locomotive is fired.")
                        .maxTokens(tokens)
                        .deterministic(seed)
                        .ignoreEos(ignoreEos);
        GenerationRequest patient =
                stall == null ? base : base.stall(BenchOptions.duration("--stall", stall));
        Nonces nonces = new Nonces();
        return () -> Ask.single(patient.nonce(nonces.next()));
    }
}
