package dev.stoker.suite;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model said, apart from what it thought. Servers that know the model's template send both
 * apart; others leave the marks in the text.
 *
 * @param answer without the thinking
 * @param thought whether there was thinking in the text
 */
public record Spoken(String answer, boolean thought) {
    private static final Pattern BLOCK =
            Pattern.compile("(?s)<(think|thinking|thought|reasoning)>.*?(?:</\\1>|\\z)");

    /** The template may have opened the block: then only its end is in the answer. */
    private static final Pattern END =
            Pattern.compile("(?s)\\A.*</(?:think|thinking|thought|reasoning)>");

    /** The channels of gpt-oss. */
    private static final Pattern FINAL =
            Pattern.compile("<\\|channel\\|>final[^<]*<\\|message\\|>");

    private static final Pattern CHANNEL =
            Pattern.compile("(?s)<\\|channel\\|>(?:analysis|commentary).*");

    /** Takes the thinking out of a text. */
    public static Spoken of(String text) {
        Matcher last = FINAL.matcher(text);
        int answer = -1;
        while (last.find()) {
            answer = last.end();
        }
        if (answer >= 0) {
            return new Spoken(
                    text.substring(answer).replaceAll("<\\|(?:return|end)\\|>", "").strip(), true);
        }
        String rest = BLOCK.matcher(text).replaceAll("");
        rest = END.matcher(rest).replaceFirst("");
        rest = CHANNEL.matcher(rest).replaceFirst("");
        return new Spoken(rest.strip(), rest.length() != text.length());
    }
}
