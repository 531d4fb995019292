using System.Globalization;
using AkkaKv.Storage;

namespace AkkaKv.Host.Doors;

/// <summary>A store's status in words, for /ready and for people.</summary>
internal static class StoreFacts
{
    public static IReadOnlyDictionary<string, string> Of(StoreStatus status, StoreIdentity identity)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["kind"] = status.Kind,
            ["directory"] = identity.Directory,
            ["actor"] = identity.ActorId.ToString("x16", CultureInfo.InvariantCulture),
            ["durability"] = status.Durability?.ToString().ToLowerInvariant() ?? "memory",
            ["keys"] = Number(status.Keys),
            ["liveBytes"] = Number(status.LiveBytes),
            ["hintKeys"] = Number(status.HintKeys),
            ["hintLiveBytes"] = Number(status.HintLiveBytes),
            ["indexBytes"] = Number(status.IndexBytes),
            ["segments"] = Number(status.Segments),
            ["records"] = Number(status.Records),
            ["commits"] = Number(status.Commits),
            ["syncs"] = Number(status.Syncs),
        };
        if (status.CutBytes > 0)
            facts["cutBytes"] = Number(status.CutBytes);
        if (status.PrepareFault is { } fault)
            facts["prepareFault"] = fault;
        if (identity.RenewedBecause is { } renewed)
            facts["actorRenewedBecause"] = renewed;
        return facts;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
