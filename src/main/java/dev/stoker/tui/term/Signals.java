package dev.stoker.tui.term;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Hears of signals that the JDK does not hand on: that the window has another size, that the
 * process goes on after a stop. By name, since the JDK's class for it is not part of its public
 * face; where it is missing, nothing is heard. Stateless.
 */
public final class Signals {
    private Signals() {}

    /** Runs the action, on a thread of the virtual machine, whenever the signal comes. */
    public static boolean on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler called =
                    (proxy, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> action.run();
                            case "equals" -> {
                                return System.identityHashCode(proxy)
                                        == System.identityHashCode(arguments[0]);
                            }
                            case "hashCode" -> {
                                return System.identityHashCode(proxy);
                            }
                            case "toString" -> {
                                return "on " + name;
                            }
                            default -> {}
                        }
                        return null;
                    };
            Object made =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(), new Class<?>[] {handler}, called);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), made);
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return false;
        }
    }
}
