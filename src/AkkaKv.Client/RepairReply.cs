using AkkaKv.Api;

namespace AkkaKv.Client;

/// <summary>How a node's repair on command goes.</summary>
/// <param name="Repair">The last one; null for none since the node started, or when the node did not say in time.</param>
/// <param name="Joined">True when a start found it under way already.</param>
/// <param name="IsComplete">False when the node did not say in time how its repair goes.</param>
public sealed record RepairReply(RepairInfo? Repair, bool Joined, bool IsComplete);
