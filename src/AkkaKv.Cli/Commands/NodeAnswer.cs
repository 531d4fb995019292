using AkkaKv.Api;
using AkkaKv.Client;

namespace AkkaKv.Cli.Commands;

/// <summary>What one member says of itself, and of what it keeps for the others.</summary>
/// <param name="Member">The member in the eyes of the node that named it.</param>
/// <param name="Health">How it is; null when it did not say.</param>
/// <param name="Report">Its own report; null when it did not give one.</param>
/// <param name="Error">Why something is missing.</param>
internal sealed record NodeAnswer(MemberInfo Member, NodeHealth? Health, NodeReport? Report, KvError? Error)
{
    /// <summary>Asks every member at once, each for itself.</summary>
    public static Task<NodeAnswer[]> AllAsync(AkkaKvClient client, IReadOnlyList<MemberInfo> members, CancellationToken cancellation) =>
        Task.WhenAll(members.Select(member => AskAsync(client, member, cancellation)));

    /// <summary>Where the member is asked, or null when nobody knows.</summary>
    public static Uri? EndpointOf(MemberInfo member) =>
        Uri.TryCreate(member.HttpEndpoint, UriKind.Absolute, out var endpoint) ? endpoint : null;

    private static async Task<NodeAnswer> AskAsync(AkkaKvClient client, MemberInfo member, CancellationToken cancellation)
    {
        if (EndpointOf(member) is not { } endpoint)
            return new NodeAnswer(member, null, null, null);
        var (health, unwell) = await client.HealthOfAsync(endpoint, cancellation);
        if (health is null)
            return new NodeAnswer(member, null, null, unwell);
        var (report, error) = await client.ReportOfAsync(endpoint, cancellation);
        return new NodeAnswer(member, health, report, error);
    }
}
