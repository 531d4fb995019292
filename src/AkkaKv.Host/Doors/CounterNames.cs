using System.Text;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Host.Doors;

/// <summary>The names of the counters as people and metrics write them: <c>read_repairs</c>.</summary>
internal static class CounterNames
{
    private static readonly string[] Names = [.. Enum.GetNames<Counter>().Select(Lower)];

    public static IReadOnlyDictionary<string, long> Of(IReadOnlyList<long> sums)
    {
        var named = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (int kind = 0; kind < Names.Length; kind++)
            named.Add(Names[kind], sums[kind]);
        return named;
    }

    private static string Lower(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
