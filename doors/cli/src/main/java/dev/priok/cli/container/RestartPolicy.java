package dev.priok.cli.container;

import dev.priok.cli.command.CommandFailed;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code --restart}: {@code no}, {@code always}, {@code unless-stopped}, {@code on-failure[:COUNT]}. */
final class RestartPolicy {
    private RestartPolicy() {}

    static Map<String, Object> parse(String text) {
        Map<String, Object> policy = new LinkedHashMap<>();
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        if (colon == 0 || (colon > 0 && colon == text.length() - 1)) {
            throw new CommandFailed(
                    colon == 0
                            ? "invalid restart policy format: no policy provided before colon"
                            : "invalid restart policy format: maximum retry count must be an integer",
                    CommandFailed.REFUSED);
        }
        policy.put("Name", name);
        try {
            policy.put("MaximumRetryCount", colon < 0 ? 0L : Long.parseLong(text.substring(colon + 1)));
        } catch (NumberFormatException _) {
            throw new CommandFailed(
                    "invalid restart policy format: maximum retry count must be an integer", CommandFailed.REFUSED);
        }
        return policy;
    }
}
