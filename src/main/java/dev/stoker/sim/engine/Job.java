package dev.stoker.sim.engine;

/**
 * What to generate.
 *
 * @param prompt the whole prompt as text
 * @param templateTokens tokens that the template adds
 * @param most the largest number of tokens; 0 or less for none
 * @param think whether a model that can think does so
 * @param seed of the text
 * @param reusePrompt whether tokens in the prompt caches count as done
 * @param toLimit whether to go on to the limit although the answer is over
 */
public record Job(
        String prompt,
        int templateTokens,
        int most,
        boolean think,
        long seed,
        boolean reusePrompt,
        boolean toLimit) {

    /**
     * Returns the tokens of the prompt: four characters each, which is usual for English, and the
     * template's.
     */
    public long promptTokens() {
        return (long) Math.ceilDiv(prompt.length(), 4) + templateTokens;
    }
}
