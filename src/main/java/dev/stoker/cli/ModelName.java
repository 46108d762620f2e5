package dev.stoker.cli;

import dev.stoker.base.Text;

import java.util.Locale;

/**
 * How a model's name is shown to a person. A llama-server names its model by the path of its file:
 * of that the file's own name is enough. JSON and CSV keep the whole. Pure.
 */
final class ModelName {
    private static final int LONGEST = 60;
    private static final String FILE = ".gguf";

    /** Between a load test's model and its load. */
    private static final String LOAD = " at ";

    private ModelName() {}

    /** Returns a name for a table or a sentence; a step's is its model's with its load. */
    static String shown(String name) {
        int load = name.lastIndexOf(LOAD);
        return load <= 0
                ? model(name, LONGEST)
                : model(name.substring(0, load), LONGEST - Math.min(30, name.length() - load))
                        + LOAD
                        + Text.plain(name.substring(load + LOAD.length()), 30);
    }

    private static String model(String name, int longest) {
        String bare = name.strip();
        if (bare.toLowerCase(Locale.ROOT).endsWith(FILE) && bare.length() > FILE.length()) {
            int start = Math.max(bare.lastIndexOf('/'), bare.lastIndexOf('\\')) + 1;
            String file = bare.substring(start, bare.length() - FILE.length());
            bare = file.isEmpty() ? bare : file;
        }
        return Text.plain(bare, longest);
    }
}
