using AkkaKv.Api;

namespace AkkaKv.Reports;

/// <summary>The nodes that hold a key, and those that would stand in.</summary>
internal static class PlacementReport
{
    public static TextReport Of(PlacementInfo placement) => new(
        [$"{placement.Key}: hash 0x{placement.Hash:x16}, partition {placement.Partition}"],
        new TextTable(
            ["ROLE", "NODE", "ZONE", "ENDPOINT", "REACHABLE"],
            [
                .. placement.Owners.Select((member, at) => Row("owner", at, member)),
                .. placement.Fallbacks.Select((member, at) => Row("fallback", at, member)),
            ]),
        []);

    private static IReadOnlyList<string> Row(string role, int at, MemberInfo member) =>
        [$"{role} {at + 1}", member.Name, member.Zone, member.HttpEndpoint ?? member.Endpoint, member.Reachable ? "yes" : "no"];
}
