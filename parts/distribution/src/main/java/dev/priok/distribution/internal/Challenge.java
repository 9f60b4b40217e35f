package dev.priok.distribution.internal;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a registry asks for in {@code WWW-Authenticate}: {@code Bearer realm="https://auth...",service="registry"}.
 *
 * @param scheme {@code basic} or {@code bearer}
 * @param parameters realm, service, scope, error
 * @see <a href="https://distribution.github.io/distribution/spec/auth/token/">token authentication</a>
 */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final Pattern PARAMETER = Pattern.compile("([A-Za-z_]+)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,]+))");

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** The challenge of an answer with status 401. */
    static Optional<Challenge> of(Reply reply) {
        Optional<Challenge> first = Optional.empty();
        for (String header : reply.headers().getValuesList("WWW-Authenticate")) {
            int space = header.indexOf(' ');
            String scheme = (space < 0 ? header : header.substring(0, space)).toLowerCase(Locale.ROOT);
            Map<String, String> parameters = new HashMap<>();
            Matcher matcher = PARAMETER.matcher(space < 0 ? "" : header.substring(space));
            while (matcher.find()) {
                String quoted = matcher.group(2);
                parameters.put(
                        matcher.group(1).toLowerCase(Locale.ROOT),
                        quoted == null ? matcher.group(3) : quoted.replace("\\\"", "\""));
            }
            if (scheme.equals("bearer")) {
                return Optional.of(new Challenge(scheme, parameters));
            }
            if (scheme.equals("basic")) {
                first = Optional.of(new Challenge(scheme, parameters));
            }
        }
        return first;
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }
}
