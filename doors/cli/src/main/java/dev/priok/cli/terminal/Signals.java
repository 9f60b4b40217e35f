package dev.priok.cli.terminal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Signals to this process, by sun.misc.Signal: the JDK has no other way to take them and keeps this one open in
 * jdk.unsupported. It is reached by reflection since javac warns of it in a way that cannot be switched off.
 */
final class Signals {
    private static final String SIGNAL = "sun.misc.Signal";
    private static final String HANDLER = "sun.misc.SignalHandler";

    /** Signals that are handed on to a container; the JVM keeps some of them for itself. */
    private static final List<String> FORWARDED = List.of(
            "HUP", "INT", "QUIT", "ABRT", "USR1", "USR2", "ALRM", "TERM", "CONT", "TSTP", "TTIN", "TTOU", "WINCH",
            "IO");

    private Signals() {}

    static void handle(String name, Consumer<String> action) {
        try {
            Class<?> handler = Class.forName(HANDLER);
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.accept(name);
                            return null;
                        }
                        return objectMethod(self, method, arguments);
                    });
            install(name, proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no " + SIGNAL, e);
        }
    }

    static void handleForwarded(Terminal.@Nullable SignalAction action) {
        for (String name : FORWARDED) {
            if (action != null) {
                handle(name, action::signalled);
            } else {
                reset(name);
            }
        }
    }

    private static void reset(String name) {
        try {
            Object byDefault = Class.forName(HANDLER).getField("SIG_DFL").get(null);
            if (byDefault != null) {
                install(name, byDefault);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no " + SIGNAL, e);
        }
    }

    private static void install(String name, Object handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName(SIGNAL);
        Method handle = signal.getMethod("handle", signal, Class.forName(HANDLER));
        try {
            handle.invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof IllegalArgumentException)) {
                throw e;
            }
            // The JVM uses this signal itself and obeys it as before.
        }
    }

    private static @Nullable Object objectMethod(Object self, Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(self);
            case "equals" ->
                arguments != null && System.identityHashCode(arguments[0]) == System.identityHashCode(self);
            default -> HANDLER + "@" + System.identityHashCode(self);
        };
    }
}
