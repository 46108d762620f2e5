package dev.stoker.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;

import javax.net.ssl.SSLException;

/** Says in a person's words why there is no connection, or none any more. Pure. */
final class ConnectFailure {
    private ConnectFailure() {}

    static String why(IOException e, Timeouts timeouts) {
        return switch (e) {
            case UnknownHostException u -> "there is no host of that name";
            case NoRouteToHostException n -> "there is no route to it";
            case SocketTimeoutException s -> tooLong(timeouts);
            case ConnectException c -> "nothing listens there (connection refused)";
            case SSLException s -> "TLS failed: " + s.getMessage();
            default -> String.valueOf(e.getMessage());
        };
    }

    static String tooLong(Timeouts timeouts) {
        return "no connection within " + timeouts.connect().toSeconds() + " s";
    }

    static String reset(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.toLowerCase(Locale.ROOT).contains("reset")
                ? "the connection was reset"
                : message;
    }
}
