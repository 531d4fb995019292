namespace AkkaKv.Host.AkkaNet.Operator;

/// <summary>A verb with its arguments, read from words.</summary>
/// <param name="Verb">Which.</param>
/// <param name="Values">By the argument's name, what was given.</param>
internal sealed record OperatorRequest(OperatorVerb Verb, IReadOnlyDictionary<string, string> Values)
{
    /// <returns>The request; or why there is none: what was required, what was found, what to write.</returns>
    public static (OperatorRequest? Request, string? Why) Read(string verb, IReadOnlyList<string> words)
    {
        if (OperatorVerb.All.FirstOrDefault(each => each.Name == verb) is not { } known)
            return (null, $"{OperatorVerb.Palette} has the verbs {string.Join(", ", OperatorVerb.All.Select(each => each.Name))}; found '{verb}'. Choose one of them.");
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        string? why = ReadValues(known, words, values) ?? Missing(known, values);
        return why is null ? (new OperatorRequest(known, values), null) : (null, $"{why}. Write: {known.Usage}");
    }

    private static string? ReadValues(OperatorVerb verb, IReadOnlyList<string> words, Dictionary<string, string> values)
    {
        for (int at = 0; at < words.Count; at++)
        {
            string word = words[at];
            OperatorArgument? argument = verb.Arguments.FirstOrDefault(each => word == each.Short || word == each.Long);
            if (argument is not null && ++at == words.Count)
                return $"{verb.Name} needs a {argument.Name} behind {word}; found nothing";
            if (argument is null && word.StartsWith('-'))
                return $"{verb.Name} takes {Switches(verb)}; found '{word}'";
            argument ??= verb.Arguments.FirstOrDefault(each => each.IsRequired && !values.ContainsKey(each.Name));
            if (argument is null)
                return $"{verb.Name} takes {(verb.Arguments.Count == 0 ? "no arguments" : "no more arguments")}; found '{word}'";
            if (!values.TryAdd(argument.Name, words[at]))
                return $"{verb.Name} takes one {argument.Name}; found '{values[argument.Name]}' and '{words[at]}'";
        }

        return null;
    }

    private static string? Missing(OperatorVerb verb, Dictionary<string, string> values) =>
        verb.Arguments.FirstOrDefault(each => each.IsRequired && !values.ContainsKey(each.Name)) is { } missing
            ? $"{verb.Name} needs a {missing.Name}; found none"
            : null;

    private static string Switches(OperatorVerb verb) =>
        verb.Arguments.Count == 0 ? "no arguments" : "the switches " + string.Join(", ", verb.Arguments.SelectMany(each => new[] { each.Short, each.Long }));
}
