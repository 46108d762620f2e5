package dev.stoker.explain.log;

import dev.stoker.explain.account.LogAccount;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Does something to a file the first time that a request is seen in it. */
final class Rotating {
    private Rotating() {}

    /** What happens to the file. */
    interface Event {
        void happens() throws IOException;
    }

    static LogEvents in(LogAccount account, Event event) {
        boolean[] done = {false};
        return (LogEvents)
                Proxy.newProxyInstance(
                        LogEvents.class.getClassLoader(),
                        new Class<?>[] {LogEvents.class},
                        (_, method, args) -> {
                            if (method.getName().equals("request") && !done[0]) {
                                done[0] = true;
                                try {
                                    event.happens();
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            }
                            try {
                                return method.invoke(account, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }
}
