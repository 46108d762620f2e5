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

    @Override
    public String[] getVersion() {
        return new String[] {"stoker " + text()};
    }
}
