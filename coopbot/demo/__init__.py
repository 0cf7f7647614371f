"""The whole product on one machine: bot, local Slack workspace, platform console, steered clock.

The only room that opens the sandbox. The bot in it is the one that ``serve`` runs: it reaches the workspace and the
platform by address alone.
"""
