package dev.stoker.cli;

import picocli.CommandLine.IVersionProvider;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version that the build wrote into {@code version.properties}. Stateless. */
public final class StokerVersion implements IVersionProvider {
    /** The bare version, such as {@code 0.1.0}. */
    public static String text() {
        try (InputStream in = StokerVersion.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                return "unknown";
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** What {@code --version} prints. */
    public static String line() {
        return "stoker " + text();
    }

    /**
     * Whether this sole argument asks for the version. It is then answered without the parser,
     * whose reading of annotations is most of a short start.
     */
    public static boolean asked(String argument) {
        return argument.equals("--version") || argument.equals("-V");
    }

    @Override
    public String[] getVersion() {
        return new String[] {line()};
    }
}
