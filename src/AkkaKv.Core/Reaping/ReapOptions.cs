namespace AkkaKv.Core.Reaping;

/// <summary>When deleted and expired keys are forgotten for good.</summary>
/// <param name="Grace">
/// How long every member must have agreed that a key is dead, without any of them having lost sight of another. Longer
/// than a hint lives, and than anything that a request sent can still be on its way. Default one day.
/// </param>
/// <param name="SweepInterval">How often a partition is looked through for dead keys. Default one hour.</param>
/// <param name="BatchKeysMax">Dead keys that the members are asked about at a time. Default 64, a few kilobytes.</param>
/// <param name="AgreedMax">Dead keys of one partition that may wait for the grace; more wait for the next sweep. Default 65,536.</param>
public sealed record ReapOptions(TimeSpan Grace, TimeSpan SweepInterval, int BatchKeysMax = 64, int AgreedMax = 65_536)
{
    /// <summary>Checks that the members may ask each other at a time and partition; past it the answer is "busy".</summary>
    public const int ChecksMax = 8;

    public static ReapOptions Default { get; } = new(TimeSpan.FromDays(1), TimeSpan.FromHours(1));

    /// <summary>How long the members may take to answer.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
