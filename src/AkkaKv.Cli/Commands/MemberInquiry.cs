using AkkaKv.Api;
using AkkaKv.Client;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Commands;

/// <summary>Asks members over HTTP, each for itself.</summary>
internal static class MemberInquiry
{
    /// <summary>Asks every member at once.</summary>
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
