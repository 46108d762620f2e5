package dev.stoker.bench;

/**
 * A prompt of the benchmark's set.
 *
 * @param name short and unique in its set
 * @param text what is asked
 * @param maxTokens the answer is cut there
 */
public record BenchPrompt(String name, String text, long maxTokens) {}
