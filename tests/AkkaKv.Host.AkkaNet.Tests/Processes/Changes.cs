using System.Text.Json;
using AkkaKv.Cluster.Tests.Http;
using AkkaKv.Cluster.Tests.Processes;

namespace AkkaKv.Host.AkkaNet.Tests.Processes;

/// <summary>What a server says of the cluster's members and of what is staged.</summary>
internal sealed class Changes(JsonElement said)
{
    public bool IsSettled => said.GetProperty("phase").GetString() == "settled";

    public IReadOnlyList<string> Members => [.. said.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("name").GetString()!)];

    public IReadOnlyList<JsonElement> Staged => [.. said.GetProperty("staged").EnumerateArray()];

    /// <summary>Whether so many members are settled, and nothing else is wanted.</summary>
    public bool AreSettledAs(IReadOnlyList<NodeProcess> nodes) =>
        IsSettled && Staged.Count == 0 && Members.Order(StringComparer.Ordinal).SequenceEqual(nodes.Select(node => node.Name).Order(StringComparer.Ordinal));

    /// <summary>Whether a node is to leave as dead, or to join.</summary>
    public bool Stages(string kind, NodeProcess node) => Staged.Any(change =>
        change.GetProperty("kind").GetString() == kind
        && change.GetProperty("node").GetString() == node.Name
        && change.GetProperty("dead").GetBoolean() == (kind == "leave"));

    public static Task UntilAsync(NodeProcess at, string what, Func<Changes, bool> holds) => Wait.UntilAsync(
        what, async () => await at.Http.TryGetAsync("/cluster/changes") is { Status: 200 } answer && holds(new Changes(answer.Json)));
}
