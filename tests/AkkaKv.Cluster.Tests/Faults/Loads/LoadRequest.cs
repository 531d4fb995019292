namespace AkkaKv.Cluster.Tests.Faults.Loads;

/// <summary>One request as its client saw it; times are since the load began.</summary>
/// <param name="Refusal">The answer or the broken connection; null when it succeeded.</param>
internal sealed record LoadRequest(bool IsWrite, string Entry, string Key, TimeSpan StartedAt, TimeSpan EndedAt, string? Refusal)
{
    public TimeSpan Took => EndedAt - StartedAt;

    public bool Failed => Refusal is not null;

    public override string ToString() =>
        $"{(IsWrite ? "PUT" : "GET")} {Key} through {Entry}, {StartedAt.TotalMilliseconds:0} to {EndedAt.TotalMilliseconds:0} ms: {Refusal ?? "done"}";
}
