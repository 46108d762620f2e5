package dev.stoker.suite.check;

import dev.stoker.base.Reading;

import java.util.Optional;

/** Checks of what stands around an answer. */
public enum SituationCheck implements Check {
    /** There is an answer at all. */
    ANSWERED("answered", "an answer") {
        @Override
        Optional<String> fault(Given given) {
            return given.answer().isBlank()
                    ? Optional.of(
                            given.onlyThought()
                                    ? "the model thought until it was cut off, and said nothing"
                                    : "an empty answer")
                    : Optional.empty();
        }
    },
    SERVER_ANSWERS("server_answers", "a server that answers") {
        @Override
        Optional<String> fault(Given given) {
            return given.means().serverFault();
        }
    },
    MODEL_LISTED("model_listed", "the model in the server's list") {
        @Override
        Optional<String> fault(Given given) {
            return given.means().modelFault(given.model());
        }
    };

    private final String code;
    private final String expected;

    SituationCheck(String code, String expected) {
        this.code = code;
        this.expected = expected;
    }

    public String code() {
        return code;
    }

    abstract Optional<String> fault(Given given);

    @Override
    public Verdict judge(Given given) {
        return fault(given)
                .map(f -> Verdict.failed(code, expected, f))
                .orElse(Verdict.passed(code, expected, ""));
    }

    /**
     * The server did not cut the prompt. It counts at least one token for each word, and keeps
     * silent about what it left out.
     */
    public static Check wholePrompt() {
        return given -> {
            String expected = "the whole prompt read: at least " + given.words() + " tokens";
            if (!(given.trace().timings().promptTokens() instanceof Reading.Known<Long>(Long n))) {
                return Verdict.notChecked(
                        "whole_prompt", expected, given.trace().timings().promptTokens().reason());
            }
            return n >= given.words()
                    ? Verdict.passed("whole_prompt", expected, n + " tokens read")
                    : Verdict.failed(
                            "whole_prompt",
                            expected,
                            "the server read "
                                    + n
                                    + " tokens of a prompt of at least "
                                    + given.words()
                                    + ": it cut the prompt");
        };
    }
}
