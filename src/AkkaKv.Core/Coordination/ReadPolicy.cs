namespace AkkaKv.Core.Coordination;

/// <summary>How a read chooses whom it asks, and when.</summary>
/// <param name="SpeculationDelay">How long the first R may take before the others are asked as well.</param>
/// <param name="AskAllOneIn">
/// One read in so many asks all owners at once, so that repair also reaches replicas that no read needs; 1 is every read.
/// </param>
public sealed record ReadPolicy(TimeSpan SpeculationDelay, int AskAllOneIn)
{
    /// <summary>
    /// 20 ms: several times what a replica needs when it is well, and far below a deadline. One in ten: repair within
    /// seconds of any key that is read often, for a twentieth of the cost of asking everyone.
    /// </summary>
    public static ReadPolicy Default { get; } = new(TimeSpan.FromMilliseconds(20), 10);
}
