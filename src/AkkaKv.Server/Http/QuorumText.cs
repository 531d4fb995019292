using AkkaKv.Api;

namespace AkkaKv.Server.Http;

/// <summary>The text of the quorum header, made once per distinct report: there are few, and each request needs one.</summary>
internal static class QuorumText
{
    private const int Side = 16;
    private static readonly string?[] Known = new string?[Side * Side * Side * 4];
    private static readonly string[] Counts = [.. Enumerable.Range(0, 128).Select(count => count.ToString())];

    /// <summary><c>n=3 r=2 got=2 overlapping=true</c>.</summary>
    public static string OfRead(QuorumReport report) => Of(report, write: false);

    /// <summary><c>n=3 w=2 got=2 overlapping=true</c>.</summary>
    public static string OfWrite(QuorumReport report) => Of(report, write: true);

    /// <summary>A small number as text.</summary>
    public static string OfCount(int count) => (uint)count < (uint)Counts.Length ? Counts[count] : count.ToString();

    private static string Of(QuorumReport report, bool write)
    {
        if ((uint)report.N >= Side || (uint)report.Needed >= Side || (uint)report.Got >= Side)
            return Format(report, write);
        var slot = ((((report.N * Side) + report.Needed) * Side) + report.Got) * 4 + (write ? 2 : 0) + (report.Overlapping ? 1 : 0);
        return Known[slot] ??= Format(report, write);
    }

    private static string Format(QuorumReport report, bool write) =>
        $"n={report.N} {(write ? 'w' : 'r')}={report.Needed} got={report.Got} overlapping={(report.Overlapping ? "true" : "false")}";
}
