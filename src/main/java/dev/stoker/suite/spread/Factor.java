package dev.stoker.suite.spread;

/**
 * Something measured beside a request that could make it slower or faster than another one of the
 * same test.
 */
public enum Factor {
    FIRST_ITERATION("first-iteration", "the first iteration", -1, "the first iteration was slower"),
    CACHED_SHARE(
            "prompt-cache",
            "the cached share of the prompt",
            1,
            "requests with more of the prompt in the server's cache were faster"),
    OTHERS_CPU(
            "other-processes",
            "the CPU time of other processes",
            -1,
            "requests were slower while other processes used the CPUs"),
    THROTTLED(
            "throttling",
            "throttling by heat",
            -1,
            "requests were slower while heat slowed the CPU down"),
    OTHERS_REQUESTS(
            "other-user",
            "other requests in the server",
            -1,
            "requests were slower while the server worked for somebody else"),
    PAGE_INS(
            "swap-ins",
            "memory that was read back from the disk or the swap",
            -1,
            "requests were slower while memory had to be read back from the disk or the swap"),
    OTHERS_GPU(
            "other-gpu-user",
            "the GPU time of other processes",
            -1,
            "requests were slower while other processes used the GPU"),
    WAIT(
            "queue",
            "the wait before the prompt was read",
            -1,
            "slow requests had waited before the server began with their prompt"),
    CLIENT_PAUSE(
            "client",
            "pauses of this program",
            -1,
            "requests were slower when this program itself stood still"),
    ANSWER_LENGTH(
            "answer-length",
            "the length of the answer",
            1,
            "the answers to one test differ in length, and short ones have less time to make up for"
                    + " their prompt");

    private final String code;
    private final String words;
    private final int direction;
    private final String finding;

    Factor(String code, String words, int direction, String finding) {
        this.code = code;
        this.words = words;
        this.direction = direction;
        this.finding = finding;
    }

    /** Returns the stable name. */
    public String code() {
        return code;
    }

    /** Returns what it is, in words. */
    public String words() {
        return words;
    }

    /** Returns 1 where more of it makes requests faster, −1 where slower. */
    int direction() {
        return direction;
    }

    String finding() {
        return finding;
    }
}
