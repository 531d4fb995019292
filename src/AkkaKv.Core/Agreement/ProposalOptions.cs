namespace AkkaKv.Core.Agreement;

/// <summary>How patiently a proposal asks for votes.</summary>
public sealed record ProposalOptions
{
    /// <summary>When it gives up. Default 10 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long it asks those again who were silent; doubles up to <see cref="DelayMax"/>. Default 250 ms, above a slow disk's sync.</summary>
    public TimeSpan ResendDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long it makes room for another proposal that is ahead; doubles with each. Default 50 ms, above an attempt without losses.</summary>
    public TimeSpan BackoffDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Both delays stop growing here; each is drawn anew between its half and its one and a half. Default 2 seconds.</summary>
    public TimeSpan DelayMax { get; init; } = TimeSpan.FromSeconds(2);
}
