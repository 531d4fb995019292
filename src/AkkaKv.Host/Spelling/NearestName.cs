namespace AkkaKv.Host.Spelling;

/// <summary>Finds the known name that somebody most likely meant.</summary>
internal static class NearestName
{
    /// <summary>The known name with the smallest edit distance, or null when none is close (more than a third of the letters differ).</summary>
    public static string? Of(string found, IEnumerable<string> known)
    {
        string? nearest = null;
        var best = int.MaxValue;
        foreach (var name in known)
        {
            var distance = Distance(found.ToUpperInvariant(), name.ToUpperInvariant());
            if (distance >= best)
                continue;
            best = distance;
            nearest = name;
        }

        return nearest is not null && best <= Math.Max(2, nearest.Length / 3) ? nearest : null;
    }

    /// <summary>Levenshtein's distance: insertions, deletions and substitutions that turn one into the other.</summary>
    public static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var column = 0; column <= right.Length; column++)
            row[column] = column;
        for (var line = 1; line <= left.Length; line++)
        {
            var diagonal = row[0];
            row[0] = line;
            for (var column = 1; column <= right.Length; column++)
            {
                var substituted = diagonal + (left[line - 1] == right[column - 1] ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(substituted, Math.Min(row[column], row[column - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
