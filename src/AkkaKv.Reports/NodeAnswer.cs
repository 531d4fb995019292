using AkkaKv.Api;

namespace AkkaKv.Reports;

/// <summary>What one member says of itself, and of what it keeps for the others.</summary>
/// <param name="Member">The member in the eyes of the node that named it.</param>
/// <param name="Health">How it is; null when it did not say, or was not asked.</param>
/// <param name="Report">Its own report; null when it did not give one.</param>
/// <param name="Error">Why something is missing.</param>
internal sealed record NodeAnswer(MemberInfo Member, NodeHealth? Health, NodeReport? Report, KvError? Error);
