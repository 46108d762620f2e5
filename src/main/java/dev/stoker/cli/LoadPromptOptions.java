package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.load.Conditions;
import dev.stoker.load.FilePrompts;
import dev.stoker.load.PromptFile;
import dev.stoker.load.PromptSize;
import dev.stoker.load.PromptSource;
import dev.stoker.load.SyntheticPrompts;
import dev.stoker.load.TraceFile;
import dev.stoker.load.TracePrompts;
import dev.stoker.server.Ability;
import dev.stoker.server.GenerationRequest;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.ServerException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the requests of a load test ask. Filled by picocli. */
final class LoadPromptOptions {
    private static final long DEFAULT_OUTPUT_TOKENS = 128;
    private static final int DEFAULT_WORDS = 100;
    private static final int MOST_TOKENS = 10_000_000;
    private static final int MOST_TURNS = 1000;
    private static final long LARGEST_IMAGE = 32 << 20;

    @Option(
            names = "--prompt-tokens",
            paramLabel = "N",
            description =
                    "Prompts of exactly so many tokens, template included, as the server counts"
                            + " them. Default: about 130.")
    @Nullable Long promptTokens;

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            description =
                    "Own prompts, JSON lines: {\"prompt\": …}, {\"messages\": …}, or ShareGPT's"
                            + " {\"conversations\": …}.")
    @Nullable Path prompts;

    @Option(
            names = "--shared-prefix",
            paramLabel = "SHARE",
            description =
                    "Let this share of each prompt be the same in all, to measure a prefix cache:"
                            + " 0.8 or 80%%. Default: nothing is shared.")
    @Nullable String sharedPrefix;

    @Option(
            names = "--no-nonce",
            description =
                    "Do not begin each prompt with words never used before: a server may then"
                            + " answer from its cache.")
    boolean noNonce;

    @Option(
            names = "--turns",
            paramLabel = "N",
            description =
                    "Conversations of so many turns; the model's answers stand in the later ones."
                            + " Default: 1.")
    @Nullable Integer turns;

    @Option(
            names = "--think-time",
            paramLabel = "TIME",
            description = "A user waits so long after an answer. Default: not at all.")
    @Nullable String thinkTime;

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description = "A PNG or JPEG file that goes with each prompt; may be repeated.")
    List<Path> images = new ArrayList<>();

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description =
                    "At most so many output tokens a request. Default: what a file says, else 128.")
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

    Duration thinkTime() {
        return thinkTime == null ? Duration.ZERO : BenchOptions.duration("--think-time", thinkTime);
    }

    boolean isConversation() {
        return turnCount() > 1;
    }

    private int turnCount() {
        return turns == null ? 1 : (int) between("--turns", turns, MOST_TURNS);
    }

    /**
     * Returns where the requests come from, and writes into the options what they are like.
     *
     * @param recorded the requests of a trace; empty without one
     */
    PromptSource source(
            InferenceServer server,
            String model,
            long seed,
            List<TraceFile.Entry> recorded,
            ObjectNode options)
            throws ServerException {
        refuseMixtures(!recorded.isEmpty());
        if (ignoreEos && !server.abilities().contains(Ability.IGNORE_EOS)) {
            throw UserError.wrongUse(
                    server.identity().title()
                            + " can not be told to go on after the end-of-text token.",
                    "Leave out --ignore-eos; answers may then be shorter than --max-tokens.");
        }
        GenerationRequest base = base(model, seed);
        options.put("max_tokens", base.maxTokens().orElse(DEFAULT_OUTPUT_TOKENS));
        options.put("ignore_eos", ignoreEos).put("nonce", !noNonce).put("turns", turnCount());
        if (!images.isEmpty()) {
            ArrayNode pictures = options.putArray("images");
            images.forEach(i -> pictures.add(i.getFileName() + " " + hash(i)));
        }
        options.put("think_time_seconds", thinkTime().toMillis() / 1e3);
        if (prompts != null) {
            return fromFile(base, prompts, options);
        }
        SyntheticPrompts.Shape shape =
                new SyntheticPrompts.Shape(
                        sharedPrefix == null ? 0 : Shares.read("--shared-prefix", sharedPrefix),
                        !noNonce,
                        turnCount(),
                        pictures(),
                        seed);
        if (!recorded.isEmpty()) {
            return fromTrace(server, base, recorded, shape, options);
        }
        options.put("shared_prefix", shape.sharedPrefix());
        if (promptTokens == null) {
            options.put("prompts", "words").put("prompt_words", DEFAULT_WORDS);
            return new SyntheticPrompts(base, shape, DEFAULT_WORDS);
        }
        long wanted = between("--prompt-tokens", promptTokens, MOST_TOKENS);
        PromptSize size = size(server, base, shape, wanted);
        options.put("prompts", "words").put("prompt_words", size.words());
        options.put("prompt_tokens_wanted", wanted);
        found(options, size);
        return new SyntheticPrompts(base, shape, size.words());
    }

    private void refuseMixtures(boolean isTrace) {
        if (prompts != null && (promptTokens != null || sharedPrefix != null)) {
            throw UserError.wrongUse(
                    "--prompts brings its own texts; --prompt-tokens and --shared-prefix make"
                            + " some.",
                    "Choose one of them.");
        }
        if (isTrace
                && (prompts != null
                        || promptTokens != null
                        || sharedPrefix != null
                        || turns != null
                        || !images.isEmpty()
                        || noNonce)) {
            throw UserError.wrongUse(
                    "A recorded load brings its own prompts.",
                    "Leave out --prompts, --prompt-tokens, --shared-prefix, --turns, --image and"
                            + " --no-nonce.");
        }
    }

    private GenerationRequest base(String model, long seed) {
        GenerationRequest request =
                GenerationRequest.chat(model, "-")
                        .maxTokens(
                                maxTokens == null
                                        ? DEFAULT_OUTPUT_TOKENS
                                        : between("--max-tokens", maxTokens, MOST_TOKENS))
                        .deterministic(seed)
                        .ignoreEos(ignoreEos);
        return stall == null ? request : request.stall(BenchOptions.duration("--stall", stall));
    }

    private PromptSource fromFile(GenerationRequest base, Path file, ObjectNode options) {
        List<PromptFile.Talk> talks = PromptFile.read(file);
        options.put("prompts", file.toString()).put("prompts_in_file", talks.size());
        options.put("prompts_sha256", hash(file));
        OptionalLong limit = maxTokens == null ? OptionalLong.empty() : OptionalLong.of(maxTokens);
        return new FilePrompts(base, talks, limit, turnCount(), !noNonce, pictures());
    }

    private static PromptSource fromTrace(
            InferenceServer server,
            GenerationRequest base,
            List<TraceFile.Entry> recorded,
            SyntheticPrompts.Shape shape,
            ObjectNode options)
            throws ServerException {
        options.put("prompts", "trace").put("recorded_requests", recorded.size());
        Optional<TraceFile.Entry> byLength =
                recorded.stream().filter(e -> e.prompt().isEmpty()).findFirst();
        long overhead = 0;
        if (byLength.isPresent()) {
            PromptSize size =
                    size(server, base, shape, byLength.get().promptTokens().orElseThrow());
            found(options, size);
            overhead = size.tokens() - size.words();
        }
        return new TracePrompts(base, recorded, overhead, shape.seed());
    }

    private static PromptSize size(
            InferenceServer server,
            GenerationRequest base,
            SyntheticPrompts.Shape shape,
            long wanted)
            throws ServerException {
        return PromptSize.find(
                server, wanted, words -> new SyntheticPrompts(base, shape, words).next().request());
    }

    private static void found(ObjectNode options, PromptSize size) {
        options.putObject("prompt_size")
                .put("tokens", size.tokens())
                .put("by", size.byTokenizer() ? "tokenizer" : "usage")
                .put("requests_before_the_run", size.requests());
    }

    private List<byte[]> pictures() {
        List<byte[]> all = new ArrayList<>();
        for (Path image : images) {
            try {
                byte[] bytes = Files.size(image) > LARGEST_IMAGE ? new byte[0] : read(image);
                if (!isPicture(bytes)) {
                    throw UserError.wrongUse(
                            "The file " + image + " is no PNG or JPEG of at most 32 MiB.", "");
                }
                all.add(bytes);
            } catch (IOException e) {
                throw new UserError(
                        ExitCode.WRONG_USE,
                        "The image " + image + " can not be read: " + Text.plain(e.toString()),
                        "Give a readable file with --image.",
                        e);
            }
        }
        return all;
    }

    /** Two files of one name may ask different things. */
    static String hash(Path file) {
        try {
            return Conditions.sha256(read(file)).substring(0, 16);
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The file " + file + " can not be read: " + Text.plain(e.toString()),
                    "",
                    e);
        }
    }

    private static byte[] read(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    private static boolean isPicture(byte[] b) {
        boolean png = b.length > 8 && b[0] == (byte) 0x89 && b[1] == 'P' && b[2] == 'N';
        boolean jpeg = b.length > 8 && b[0] == (byte) 0xff && b[1] == (byte) 0xd8;
        return png || jpeg;
    }

    private static long between(String option, long given, long most) {
        if (given < 1 || given > most) {
            throw UserError.wrongUse(
                    "Expected 1 to " + most + " for " + option + ", but got " + given + ".", "");
        }
        return given;
    }
}
