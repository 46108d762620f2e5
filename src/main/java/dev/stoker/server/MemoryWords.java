package dev.stoker.server;

import java.util.List;
import java.util.Locale;

/**
 * Tells from a server's words whether memory ran out. The list is the one by which Ollama itself
 * decides (its log patterns of version 0.33), with the words in which Ollama reports its own
 * decision, before and after 0.30. Pure.
 */
public final class MemoryWords {
    private static final List<String> OUT_OF_MEMORY =
            List.of(
                    "out of memory",
                    "out-of-memory",
                    "out of device memory",
                    "cudamalloc failed",
                    "hipmalloc failed",
                    "failed to allocate",
                    "allocation failed",
                    "not enough memory",
                    "insufficient memory",
                    "vk_error_out_of_device_memory",
                    "erroroutofmemory",
                    "requires more system memory",
                    "requires more gpu memory");

    /**
     * In the last line: the allocation that failed will be tried again without parallel pipelines.
     */
    private static final String NOT_FATAL = "retrying without pipeline parallelism";

    private MemoryWords() {}

    /**
     * Returns whether a text of one or more lines says that memory ran out, and that this was the
     * end.
     */
    public static boolean say(String text) {
        String lower = text.toLowerCase(Locale.ROOT).stripTrailing();
        if (lower.substring(lower.lastIndexOf('\n') + 1).contains(NOT_FATAL)) {
            return false;
        }
        return OUT_OF_MEMORY.stream().anyMatch(lower::contains);
    }
}
